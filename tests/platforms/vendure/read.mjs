// read.mjs - everything the store must hold of this Vendure, as lines of
// ../README.md. Reads another way than our platform does: no filters, products
// with their variants, prices from the price list, small pages.
import { gql, login } from './client.mjs';

async function* all(list, options, fields) {
  for (let skip = 0, total = 1; skip < total; skip += 20) {
    const { page } = await gql(`query($o: ${options}) {
      page: ${list}(options: $o) { totalItems items { ${fields} } } }`,
      { o: { skip, take: 20, sort: { id: 'DESC' } } });
    total = page.totalItems;
    yield* page.items;
  }
}

// VALUE / DIVISOR (integers) as a decimal of at most 6 places.
function decimal(value, divisor = 1) {
  const n = BigInt(value) * 10000000n / BigInt(divisor);
  const millionths = (n + (n < 0n ? -5n : 5n)) / 10n;
  const sign = millionths < 0n ? '-' : '';
  const digits = String(millionths).replace('-', '').padStart(7, '0');
  return sign + (digits.slice(0, -6) + '.' + digits.slice(-6))
    .replace(/\.?0+$/, '');
}

const COUNTED = ['PaymentAuthorized', 'PaymentSettled', 'PartiallyShipped',
  'Shipped', 'PartiallyDelivered', 'Delivered', 'Modifying',
  'ArrangingAdditionalPayment'];
const lines = [];
const add = (...columns) => lines.push(columns.map(c =>
  String(c === true ? 1 : c === false ? 0 : c).replace(/\s/g, ' ')).join('\t'));

async function products() {
  for await (const product of all('products', 'ProductListOptions',
    `enabled variants { id sku name enabled prices { price currencyCode }
     stockLevels { stockOnHand stockAllocated stockLocation { name } } }`))
    for (const v of product.variants) {
      const { price, currencyCode } = v.prices[0];
      add('variant', v.id, v.sku, '', v.name, currencyCode,
        decimal(price, 100), '-', v.enabled && product.enabled);
      for (const level of v.stockLevels)
        if (level.stockOnHand || level.stockAllocated)
          add('stock', v.id, level.stockLocation.name, level.stockOnHand,
            level.stockAllocated);
    }
}

async function orders() {
  for await (const order of all('orders', 'OrderListOptions',
    `id code state currencyCode orderPlacedAt lines { id quantity
     orderPlacedQuantity unitPrice proratedUnitPrice proratedLinePrice
     productVariant { id } }`)) {
    if (!order.orderPlacedAt) continue;
    add('sale', order.id, order.code, order.currencyCode,
      COUNTED.includes(order.state), order.orderPlacedAt.slice(0, 19) + 'Z');
    for (const line of order.lines) {
      const left = line.quantity;
      const ordered = Math.max(line.orderPlacedQuantity, left);
      add('sale_line', order.id, line.id, line.productVariant.id, '', ordered,
        ordered - left, left
          ? decimal(line.proratedLinePrice * ordered, 100 * left)
          : decimal(line.proratedUnitPrice * ordered, 100));
    }
  }
}

await login();
await products();
await orders();
console.log(lines.sort().join('\n'));
