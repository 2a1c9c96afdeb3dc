import { qvmFeatures } from '../qubesd/tools/qvm-features.ts';
import { main } from '../qubesd/tools/tool.ts';

void main('qvm-features', qvmFeatures);
