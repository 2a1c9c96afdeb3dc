import { qvmKill } from '../qubesd/tools/power.ts';
import { main } from '../qubesd/tools/tool.ts';

void main('qvm-kill', qvmKill);
