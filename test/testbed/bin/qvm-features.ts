import { qvmFeatures } from '../qubesd/tools/qvm-features.ts';
import { main } from '../qubesd/tools/tool.ts';

await main('qvm-features', qvmFeatures);
