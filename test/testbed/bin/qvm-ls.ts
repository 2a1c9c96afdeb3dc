import { qvmLs } from '../qubesd/tools/qvm-ls.ts';
import { main } from '../qubesd/tools/tool.ts';

await main('qvm-ls', qvmLs);
