import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Composer } from './Composer'
import { useModel } from './context'
import { Header } from './Header'
import { Thread } from './Thread'

export function App() {
  const m = useModel()
  const { t } = m.texts
  const over = useSignal(false)
  const more = m.more.value
  const goods = m.goods.value

  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      if (e.key !== 'Escape' || e.isComposing || e.defaultPrevented) return
      if (m.replyTo.value) m.replyTo.value = null
      else m.close()
    }
    document.addEventListener('keydown', key)
    return () => document.removeEventListener('keydown', key)
  }, [])

  const dragged = (e: DragEvent) => e.dataTransfer?.types.includes('Files')
  return (
    <main
      class={m.site.hosted ? 'app hosted' : 'app'}
      onDragOver={e => {
        if (!dragged(e)) return
        e.preventDefault()
        over.value = true
      }}
      onDragLeave={e => {
        if (!e.currentTarget.contains(e.relatedTarget as Node | null)) over.value = false
      }}
      onDrop={e => {
        over.value = false
        if (!e.dataTransfer?.files.length) return
        e.preventDefault()
        m.uploads.add(e.dataTransfer.files)
        m.focus.value++
      }}
    >
      <Header />
      <Banner />
      {more && <more.Top />}
      <Thread />
      {more && <more.Bar />}
      <Composer />
      {more && <more.Sheet />}
      {goods && <goods.Sheet />}
      {over.value && <div class="drop">{t('composer.drop')}</div>}
    </main>
  )
}

function Banner() {
  const m = useModel()
  const key = m.banner.value
  return (
    <div class={key ? (key === 'banner.refused' ? 'banner bad' : 'banner') : ''} role="status">
      {key && m.texts.t(key)}
    </div>
  )
}
