/** A place in the text of an expression. */
export class Cursor {
    readonly text: string;
    at = 0;

    constructor(text: string) {
        this.text = text;
    }

    /** The next character, or '' at the end. */
    peek(): string {
        return this.text.charAt(this.at);
    }

    /** Takes the next character, or '' at the end. */
    take(): string {
        const character = this.peek();
        this.at += character.length;
        return character;
    }

    /** Takes `wanted` if it comes next. */
    takeIf(wanted: string): boolean {
        const found = this.text.startsWith(wanted, this.at);
        if (found) {
            this.at += wanted.length;
        }
        return found;
    }
}
