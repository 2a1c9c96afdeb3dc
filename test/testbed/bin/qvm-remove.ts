import { qvmRemove } from '../qubesd/tools/qvm-remove.ts';
import { main } from '../qubesd/tools/tool.ts';

await main('qvm-remove', qvmRemove);
