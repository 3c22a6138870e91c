/** The version that is downloaded or built. */
export const k6Version = '1.8.1'

/**
 * Whether a version is that old at most: `1.8.1` is at least `[1, 8]`.
 * @param {string} version
 * @param {readonly number[]} wanted
 */
export function atLeast(version, [wantedMajor = 0, wantedMinor = 0]) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
}
