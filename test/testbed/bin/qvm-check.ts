import { qvmCheck } from '../qubesd/tools/qvm-check.ts';
import { main } from '../qubesd/tools/tool.ts';

void main('qvm-check', qvmCheck);
