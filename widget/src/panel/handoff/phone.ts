/**
 * A phone number as people type it, with the calling code of its country. Whether there is such a number is for the server: here
 * it only gets its code.
 */
const CODES =
  'AE971AR54AT43AU61BA387BD880BE32BG359BH973BO591BR55BY375CA1CH41CL56CM237CN86CO57CR506CY357CZ420DE49DK45DO1DZ213EC593EE372EG20ES34ET251FI358FR33GB44GE995GH233GR30GT502HK852HN504HR385HU36ID62IE353IL972IN91IQ964IR98IS354IT39JM1JO962JP81KE254KR82KW965KZ7LB961LK94LT370LU352LV371LY218MA212MD373ME382MK389MT356MX52MY60NG234NI505NL31NO47NP977NZ64OM968PA507PE51PH63PK92PL48PR1PS970PT351PY595QA974RO40RS381RU7SA966SD249SE46SG65SI386SK421SN221SV503SY963TH66TN216TR90TW886TZ255UA380UG256US1UY598UZ998VE58VN84YE967ZA27'

export interface Country {
  region: string
  code: string
}

export const countries: readonly Country[] = [...CODES.matchAll(/([A-Z]{2})(\d+)/g)].map(m => ({
  region: m[1] ?? '',
  code: m[2] ?? '',
}))

/** The country that the browser's languages name first. */
export function homeCountry(languages: readonly string[]): string {
  for (const l of languages) {
    const region = /-([A-Z]{2})\b/.exec(l)?.[1]
    if (region && countries.some(c => c.region === region)) return region
  }
  return ''
}

/** With its plus sign and nothing but digits: with the code as typed, else with the country's. */
export function international(typed: string, region: string): string {
  const number = typed
    .replace('(0)', '')
    .replace(/[^\d+]/g, '')
    .replace(/^00/, '+')
  const code = countries.find(c => c.region === region)?.code
  if (number.startsWith('+') || !code) return number
  // The zero before an area code is for calls inside the country. In Italy it belongs to the number.
  return `+${code}${code === '39' ? number : number.replace(/^0/, '')}`
}
