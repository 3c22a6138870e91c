// Where k6 comes from.
export const k6Version = '1.8.1'
