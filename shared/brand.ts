// A branded type is made by its parser only: a plain string does not fit.

declare const brand: unique symbol;

export type Brand<Base, Name extends string> = Base & {
    readonly [brand]: Name;
};
