/** The icons of this part, drawn as those of the panel. */
import { icon } from '../icons'

export const BagIcon = icon('M6 8h12l1 12H5zM9 8a3 3 0 0 1 6 0')
export const OnIcon = icon('M9 5l7 7-7 7', 'icon flips')
export const BackIcon = icon('M15 5l-7 7 7 7', 'icon flips')
