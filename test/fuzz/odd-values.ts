// What parsers have been known to stumble over.

/** What editors, terminals and parsers stumble over, in UTF-8. */
export const oddities = [
    ...Array.from({ length: 33 }, (_, code) => String.fromCharCode(code)),
    ...['\x7f', '\xff', '\xc0\x80', '\xed\xa0\x80', '\xf4\x90\x80\x80'],
    ...[
        '\u00a0',
        '\u00e9',
        '\u017f',
        '\u212a',
        '\u202e',
        '\u2028',
        '\ufeff',
    ].map((character) => Buffer.from(character).toString('latin1')),
    ...['\u{1f600}', '\u0660', '\u200b', '\uff0e', '\u0130'].map((character) =>
        Buffer.from(character).toString('latin1'),
    ),
    ...['"', "'", '\\', '`', '#', '%', '/', '|', '-', '=', ',', ':', '[', ']'],
    ...['{', '}', '(', ')', '*', '+', '?', '^', '$', '.', '_', 'A', 'a', '0'],
];

/** Numbers at the edges of what fields may have. */
export const numbers = [
    ...['0', '-0', '-1', '1', '00', '1.5', '1e3', '1e400', '255', '256'],
    ...[
        '31',
        '32',
        '511',
        '512',
        '1024',
        '1025',
        '8100',
        '8101',
        '8578',
        '8579',
        '60706',
    ],
    ...['61183', '61184', '65535', '65536', '2147483648', '4294967296'],
    ...['9007199254740991', '9007199254740993', '99999999999999999999', 'NaN'],
];

/** Values that a schema may take for others, as JSON writes them. */
export const edges = [
    ...['null', 'true', 'false', '""', '[]', '{}', '"null"', '"0"', '[null]'],
    ...['0', '-0', '-1', '1', '2', '1.0', '1.5', '10e-1', '1e2', '1e308'],
    ...['1e400', '32751', '32752', '65535', '65536', '9007199254740991'],
    ...['9007199254740992', '"__proto__"', '"\\u0000"', '"\\ud800"'],
    ...['{"__proto__":{}}', '{"toString":1}', '[[]]', '"a\\nb"'],
];

/** Characters, as they stand in a string. */
export const oddCharacters =
    ' \n\r\t\0\x1b.-:/\\\'"`#%*[]()|$^a0Zé\u2028\u202e\ud800';

/** Keys that every object has by birth, or nearly those of a document. */
export const inheritedKeys = [
    ...['__proto__', 'constructor', 'toString', 'valueOf', 'length', '0'],
    ...['hasOwnProperty', '', ' ', 'version ', 'Version'],
];
