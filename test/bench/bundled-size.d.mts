/** Bytes of a module of this code as a page loads it at first: bundled without rxjs, minified and compressed with gzip. */
export function bundledSize(code: string): Promise<number>;
