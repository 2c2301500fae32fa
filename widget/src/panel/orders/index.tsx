/** Entry of a part of the panel: what a message carries of the shop's goods, and where the shopper's orders are. */
import { arrive } from '../arrive'
import type { Model } from '../model'
import type { Goods } from '../more'
import { Cards } from './Cards'
import { CouponCard } from './Coupon'
import { OrderCardView, OrderChip } from './OrderCard'
import { Sheet } from './Sheet'
import { createOrders } from './state'

export default function start(m: Model): Goods {
  arrive(m)
  const s = createOrders(m)
  return {
    Carried: ({ message: { cards, coupon, order, order_card } }) => (
      <>
        {cards && <Cards m={m} cards={cards} />}
        {coupon && <CouponCard m={m} c={coupon} />}
        {order_card ? <OrderCardView m={m} c={order_card} /> : order && <OrderChip m={m} id={order} />}
      </>
    ),
    Sheet: () => <Sheet m={m} s={s} />,
  }
}
