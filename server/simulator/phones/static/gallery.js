// The pictures of a phone. The three that are drawn become photos on the way: an
// application sends JPEG and PNG only.

import { api } from './api.js';
import { button, el, icon } from './dom.js';
import { sheet, sheetHead } from './sheet.js';
import { t } from './words.js';

const DRAWN = ['bowl', 'shelf', 'parcel'];
const MAX = 5 << 20;
const WIDTH = 960;
const HEIGHT = 1200;

/** @param {import('./thread.js').ThreadView} view */
export function gallery(view) {
  sheet(
    view.phone.screen,
    t('attach'),
    (close) => {
      const file = /** @type {HTMLInputElement} */ (
        el('input', { type: 'file', accept: 'image/jpeg,image/png', hidden: true })
      );
      file.addEventListener('change', () => {
        const [picked] = file.files ?? [];
        close();
        if (!picked) return;
        if (picked.size > MAX) view.tell(t('attach.big'));
        else if (!['image/jpeg', 'image/png'].includes(picked.type)) view.tell(t('attach.type'));
        else preview(view, picked, picked.name);
      });
      return [
        sheetHead(t('attach.title'), close),
        el('p', { class: 'hint' }, t('attach.text')),
        el(
          'div',
          { class: 'roll' },
          ...DRAWN.map((name) =>
            button(
              {
                'aria-label': t(`photo.${name}`),
                onclick: async () => {
                  close();
                  preview(view, await photo(`/static/photos/${name}.svg`), `${name}.jpg`);
                },
              },
              el('img', { src: `/static/photos/${name}.svg`, alt: '' }),
            ),
          ),
        ),
        file,
        button({ class: 'own', onclick: () => file.click() }, icon('picture'), t('attach.own')),
      ];
    },
    'photos',
  );
}

/** Takes a photo of a drawing. @param {string} url @returns {Promise<Blob>} */
async function photo(url) {
  const image = new Image(WIDTH, HEIGHT);
  image.src = url;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  canvas.getContext('2d')?.drawImage(image, 0, 0, WIDTH, HEIGHT);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/jpeg', 0.86);
  });
}

/** Shows a picture before it goes, with its caption. @param {import('./thread.js').ThreadView} view @param {Blob} picture @param {string} name */
function preview(view, picture, name) {
  const url = URL.createObjectURL(picture);
  const caption = /** @type {HTMLInputElement} */ (
    el('input', {
      type: 'text',
      maxlength: 1024,
      placeholder: t('attach.caption'),
      'aria-label': t('attach.caption'),
      dir: 'auto',
    })
  );
  caption.hidden = view.app !== 'whatsapp'; // the others have no captions
  const close = sheet(
    view.phone.screen,
    t('attach'),
    (shut) => [
      button({ class: 'shut', 'aria-label': t('cancel'), onclick: shut }, icon('close')),
      el('img', { src: url, alt: '' }),
      el(
        'form',
        {
          onsubmit: async (event) => {
            event.preventDefault();
            close();
            await view.do(api.sendPhoto(view.person.id, view.thread.id, picture, name, caption.value.trim()));
            URL.revokeObjectURL(url);
          },
        },
        caption,
        el('button', { type: 'submit', class: 'send', 'aria-label': t('send') }, icon('send')),
      ),
    ],
    'preview',
  );
}
