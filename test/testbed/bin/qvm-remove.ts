import { qvmRemove } from '../qubesd/tools/qvm-remove.ts';
import { main } from '../qubesd/tools/tool.ts';

void main('qvm-remove', qvmRemove);
