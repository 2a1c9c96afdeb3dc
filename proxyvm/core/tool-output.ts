/** Bytes that nft or systemctl may print: both are far below, however busy. */
export const maxToolBytes = 16 * 1024 * 1024;
