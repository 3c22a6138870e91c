import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CostAssumptions } from './price-environment.ts'
import { parsePrices, parseUsage } from './prices.ts'

const folder = join(import.meta.dirname, '../../prices')

/** The dated prices of us-east-1, which stand for every region (others are up to a fifth dearer), and what profiles use. */
export async function readCostAssumptions(): Promise<CostAssumptions> {
  const [prices = '', usage = ''] = await Promise.all(
    ['us-east-1.json', 'usage.yaml'].map((name) => readFile(join(folder, name), 'utf8')),
  )
  return {
    prices: parsePrices(prices, 'infra/prices/us-east-1.json'),
    ...parseUsage(usage, 'infra/prices/usage.yaml'),
  }
}
