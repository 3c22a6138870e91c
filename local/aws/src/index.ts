export { emulatorClock, type EmulatorClock } from './clock.ts'
