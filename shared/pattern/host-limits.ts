/** The longest host name of the DNS, without a dot at its end (RFC 1035). */
export const maxHostLength = 253;
export const maxLabelLength = 63;
