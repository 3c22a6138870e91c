import { describe, expect, it } from 'vitest'
import { carriageOf, sizeOf, templateKey } from '../../src/stacks/template-text.ts'

describe('a template', () => {
  it.each([
    ['nothing', '', 0, 'call'],
    ['what a call just holds', 'x'.repeat(51_200), 51_200, 'call'],
    ['a byte more', 'x'.repeat(51_201), 51_201, 'bucket'],
    ['few characters of many bytes', 'ü'.repeat(25_601), 51_202, 'bucket'],
    ['a megabyte', 'x'.repeat(1_000_000), 1_000_000, 'bucket'],
  ] as const)('that is %s goes with its size in bytes', (_, text, size, carriage) => {
    expect(sizeOf(text)).toBe(size)
    expect(carriageOf(text)).toBe(carriage)
  })

  it('is named by its bytes', () => {
    // sha256 of "{}", as `printf '{}' | sha256sum` gives it.
    expect(templateKey('{}')).toBe(
      'sluice/templates/44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a.json',
    )
    expect(templateKey('{} ')).not.toBe(templateKey('{}'))
  })
})
