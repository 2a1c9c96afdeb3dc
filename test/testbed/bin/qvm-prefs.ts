import { qvmPrefs } from '../qubesd/tools/qvm-prefs.ts';
import { main } from '../qubesd/tools/tool.ts';

await main('qvm-prefs', qvmPrefs);
