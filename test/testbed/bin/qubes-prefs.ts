import { qubesPrefs } from '../qubesd/tools/qvm-prefs.ts';
import { main } from '../qubesd/tools/tool.ts';

void main('qubes-prefs', qubesPrefs);
