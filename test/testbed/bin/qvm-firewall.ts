import { qvmFirewall } from '../qubesd/tools/qvm-firewall.ts';
import { main } from '../qubesd/tools/tool.ts';

void main('qvm-firewall', qvmFirewall);
