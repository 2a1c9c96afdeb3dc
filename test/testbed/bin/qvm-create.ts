import { qvmCreate } from '../qubesd/tools/qvm-create.ts';
import { main } from '../qubesd/tools/tool.ts';

await main('qvm-create', qvmCreate);
