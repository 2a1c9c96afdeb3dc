import { qvmUnpause } from '../qubesd/tools/power.ts';
import { main } from '../qubesd/tools/tool.ts';

void main('qvm-unpause', qvmUnpause);
