import { qvmPrefs } from '../qubesd/tools/qvm-prefs.ts';
import { main } from '../qubesd/tools/tool.ts';

void main('qvm-prefs', qvmPrefs);
