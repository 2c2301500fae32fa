/** Entry of the panel: reads what the server put into the document, meets its host, and draws. */
import { render } from 'preact'
import type { PanelSite } from '../shared/bridge'
import type { Message } from '../shared/message'
import { App } from './App'
import { ModelContext } from './context'
import { frameHost, pageHost } from './host'
import { createTexts } from './i18n'
import { createModel } from './model'
import { followMore } from './more'
import { followTheme } from './theme'

function data<T>(id: string): T {
  return JSON.parse(document.getElementById(id)?.textContent ?? '{}') as T
}

async function main() {
  const site = data<PanelSite>('site')
  const texts = createTexts(document.documentElement.lang, data<Record<string, Message>>('messages'))
  const host = site.hosted ? pageHost(site) : await frameHost(site)
  const model = createModel(site, host, texts)
  followTheme(model)
  followMore(model)
  const root = document.getElementById('app')
  if (root)
    render(
      <ModelContext.Provider value={model}>
        <App />
      </ModelContext.Provider>,
      root,
    )
  if (model.open.value) model.focus.value++
}

void main()
