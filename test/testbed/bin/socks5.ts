// socks5 ADDRESS PORT
import { serveSocks5 } from '../internet/socks5.ts';

const [address = '', port = ''] = process.argv.slice(2);
serveSocks5(address, Number(port));
