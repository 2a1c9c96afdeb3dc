import { qvmKill } from '../qubesd/tools/power.ts';
import { main } from '../qubesd/tools/tool.ts';

await main('qvm-kill', qvmKill);
