import { qvmTags } from '../qubesd/tools/qvm-tags.ts';
import { main } from '../qubesd/tools/tool.ts';

void main('qvm-tags', qvmTags);
