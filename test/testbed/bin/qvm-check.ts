import { qvmCheck } from '../qubesd/tools/qvm-check.ts';
import { main } from '../qubesd/tools/tool.ts';

await main('qvm-check', qvmCheck);
