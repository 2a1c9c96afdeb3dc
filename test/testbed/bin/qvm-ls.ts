import { qvmLs } from '../qubesd/tools/qvm-ls.ts';
import { main } from '../qubesd/tools/tool.ts';

void main('qvm-ls', qvmLs);
