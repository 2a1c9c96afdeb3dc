import { qvmCreate } from '../qubesd/tools/qvm-create.ts';
import { main } from '../qubesd/tools/tool.ts';

void main('qvm-create', qvmCreate);
