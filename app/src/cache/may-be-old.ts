/**
 * For answers that no publish changes: a copy is good for an hour, and for a day more while a new one is fetched (RFC 5861). What
 * a publish changes is never said to be good for any time: whoever published would read an older revision than their own.
 */
export const mayBeOld = 'public, max-age=3600, stale-while-revalidate=86400'
