import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Model } from './model'

export const ModelContext = createContext<Model | null>(null)

export function useModel(): Model {
  const m = useContext(ModelContext)
  if (!m) throw new Error('no model')
  return m
}
