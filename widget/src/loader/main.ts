/**
 * Entry of the loader. The server puts the shop's configuration in place of TAGALONG_CONFIG, so one
 * request brings all. The script may come late, twice, or before there is a body.
 */
import { install } from './install'
import type { Config } from './widget'

declare const TAGALONG_CONFIG: Config

try {
  install(TAGALONG_CONFIG, window as { Tagalong?: unknown })
} catch (e) {
  console.error('Tagalong:', e)
}
