import { qvmShutdown } from '../qubesd/tools/power.ts';
import { main } from '../qubesd/tools/tool.ts';

await main('qvm-shutdown', qvmShutdown);
