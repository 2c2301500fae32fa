// Tells whether the server answers. Any answer will do: what counts is that it is there.
const { health, up, down } = document.body.dataset;
const lamp = document.querySelector('.lamp');
const text = document.querySelector('[data-status]');

async function ask() {
  const answered = await fetch(health, { cache: 'no-store' }).then(
    () => true,
    () => false,
  );
  const state = answered ? 'up' : 'down';
  if (lamp.dataset.state !== state) {
    lamp.dataset.state = state;
    text.textContent = answered ? up : down;
  }
}

ask();
setInterval(() => document.hidden || ask(), 3000);
