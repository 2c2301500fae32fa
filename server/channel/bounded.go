package channel

import "container/list"

// bounded is a map that forgets what was used longest ago when it is full. It is not for several goroutines at a time.
type bounded[K comparable, V any] struct {
	size  int
	items map[K]*list.Element
	order *list.List // of *item, the latest used first
}

type item[K comparable, V any] struct {
	key   K
	value V
}

func newBounded[K comparable, V any](size int) *bounded[K, V] {
	return &bounded[K, V]{size: size, items: map[K]*list.Element{}, order: list.New()}
}

// at gives what stands under key, made by fresh when there is nothing.
func (b *bounded[K, V]) at(key K, fresh func() V) V {
	if e, ok := b.items[key]; ok {
		b.order.MoveToFront(e)
		return e.Value.(*item[K, V]).value
	}
	if b.order.Len() >= b.size {
		oldest := b.order.Back()
		b.order.Remove(oldest)
		delete(b.items, oldest.Value.(*item[K, V]).key)
	}
	v := fresh()
	b.items[key] = b.order.PushFront(&item[K, V]{key, v})
	return v
}
