// What can be done with a message: react, quote, copy, change, take back.

import { api } from './api.js';
import { button, el, icon } from './dom.js';
import { copy } from './parts.js';
import { sheet } from './sheet.js';
import { t } from './words.js';

const EMOJI = {
  whatsapp: ['👍', '❤️', '😂', '😮', '😢', '🙏'],
  messenger: ['❤️', '😆', '😮', '😢', '😡', '👍'],
  instagram: ['❤️', '😂', '😮', '😢', '😡', '👍'],
};

/** @param {import('./thread.js').ThreadView} view @param {any} message */
export function messageMenu(view, message) {
  const at = [view.person.id, view.thread.id, message.id];
  const mine = message.reactions?.find((reaction) => reaction.mine)?.emoji;
  sheet(
    view.phone.screen,
    t('message.menu'),
    (close) => {
      const item = (sign, word, act) =>
        button(
          {
            onclick: () => {
              close();
              act();
            },
          },
          icon(sign),
          t(word),
        );
      const text = message.text && !message.media?.length;
      return [
        el(
          'div',
          { class: 'emoji' },
          ...EMOJI[view.app].map((emoji) =>
            button(
              {
                'aria-label': t('message.react', { emoji }),
                'aria-pressed': String(mine === emoji),
                onclick: () => {
                  close();
                  view.do(api.react(...at, mine === emoji ? '' : emoji));
                },
              },
              emoji,
            ),
          ),
        ),
        el(
          'div',
          { class: 'deeds' },
          item('answer', 'message.reply', () => view.composer.reply(message)),
          ...(message.text ? [item('copy', 'message.copy', () => copy(view, message.text))] : []),
          ...(message.mine && text ? [item('pencil', 'message.edit', () => view.composer.edit(message))] : []),
          ...(message.mine
            ? [
                item('bin', view.app === 'whatsapp' ? 'message.delete' : 'message.unsend', () =>
                  view.do(api.remove(...at)),
                ),
              ]
            : []),
        ),
      ];
    },
    'menu',
  );
}
