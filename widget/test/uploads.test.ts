import { expect, test } from 'vitest'
import { createUploads, MAX_FILES, refuse } from '../src/panel/uploads'

const file = (name: string, type = '', size = 10) => {
  const f = new File(['x'], name, { type })
  Object.defineProperty(f, 'size', { value: size })
  return f
}
const attachment = (id: string) => ({
  id,
  name: 'a',
  content_type: 'image/png',
  size: 1,
  url: 'https://files.example/a',
})

test('what could run, is too big or is empty is refused before it travels', () => {
  expect(refuse(file('a.png', 'image/png'))).toBeNull()
  expect(refuse(file('receipt.pdf', 'application/pdf'))).toBeNull()
  for (const f of [
    file('x.svg'),
    file('X.SVG', 'image/png'),
    file('a.html'),
    file('a', 'text/html'),
    file('run.exe'),
    file('i', 'image/svg+xml'),
  ])
    expect(refuse(f)?.key, f.name).toBe('upload.type')
  expect(refuse(file('big.png', '', 25 * 1024 * 1024 + 1))?.key).toBe('upload.tooBig')
  expect(refuse(file('empty.png', '', 0))?.key).toBe('upload.empty')
})

test('files go up with progress and are taken for the message in their order', async () => {
  const done: ((id: string) => void)[] = []
  const u = createUploads((_f, progress) => {
    progress(0.5)
    return new Promise(resolve => done.push(id => resolve(attachment(id))))
  })
  u.add([file('a.txt'), file('b.txt')])
  expect(u.list.value.map(x => x.progress.value)).toEqual([0.5, 0.5])
  done[1]?.('att_b')
  done[0]?.('att_a')
  await Promise.resolve()
  await Promise.resolve()
  expect(u.take().map(a => a.id)).toEqual(['att_a', 'att_b'])
  expect(u.list.value).toEqual([])
})

test('a cancelled file is gone and says nothing', async () => {
  let stopped = false
  const u = createUploads(
    (_f, _p, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          stopped = true
          reject(new Error('aborted'))
        })
      }),
  )
  u.add([file('a.txt')])
  const [first] = u.list.value
  if (first) u.cancel(first)
  await Promise.resolve()
  expect(stopped).toBe(true)
  expect([u.list.value, u.problem.value]).toEqual([[], null])
})

test('a failed file can be tried again', async () => {
  let tries = 0
  const u = createUploads(() =>
    tries++ === 0 ? Promise.reject({ status: 0 }) : Promise.resolve(attachment('att_a')),
  )
  u.add([file('a.txt')])
  await new Promise(r => setTimeout(r))
  const [first] = u.list.value
  expect([first?.state.value, u.problem.value?.key]).toEqual(['failed', 'upload.failed'])
  if (first) u.retry(first)
  await new Promise(r => setTimeout(r))
  expect(u.take()).toHaveLength(1)
})

test('a message holds ten files', () => {
  const u = createUploads(() => new Promise(() => {}))
  u.add(Array.from({ length: MAX_FILES + 1 }, (_, i) => file(`${i}.txt`)))
  expect([u.list.value.length, u.problem.value?.key]).toEqual([MAX_FILES, 'upload.tooMany'])
})
