// change.mjs - changes a seeded Vendure in every way that matters, and prints
// what it touched: "kind<TAB>id", "gone_<kind><TAB>id" for what it deleted.
import { cancel, createProduct, draft, fulfil, gql, login, pay, translations,
  updateVariant } from './client.mjs';

const touched = new Set();
const touch = (kind, ...ids) =>
  ids.forEach(id => touched.add(`${kind}\t${id}`));
const ERROR = '... on ErrorResult { errorCode message }';

await login();
const { productVariants: { items: variants } } = await gql(
  `{ productVariants(options: { sort: { id: ASC } }) { items { id
     product { id } stockLevels { stockLocationId } taxCategory { id } } } }`);
const { orders: { items: orders } } = await gql(
  `{ orders(options: { sort: { id: ASC } }) { items { id state
     lines { id quantity productVariant { id } } } } }`);
// The first order in STATE, each only once.
const take = state =>
  orders.splice(orders.findIndex(o => o.state === state), 1)[0];
const variantsOf = product => variants.filter(v => v.product.id === product)
  .map(v => v.id);

// A price, a stock level, a disabled and a renamed product.
await updateVariant(variants[0].id, { price: 4321 });
touch('variant', variants[0].id);
await updateVariant(variants[1].id, { stockLevels: [{ stockOnHand: 7,
  stockLocationId: variants[1].stockLevels[1].stockLocationId }] });
touch('variant', variants[1].id);
touch('stock', variants[1].id);
for (const [id, change] of [
  [variants[9].product.id, { enabled: false }],
  [variants[12].product.id, { translations: translations('Renamed') }]]) {
  await gql(`mutation($i: UpdateProductInput!) {
    updateProduct(input: $i) { id } }`, { i: { id, ...change } });
  touch('variant', ...variantsOf(id));
}

// A new product; a variant and a product that are no more.
const made = await createProduct('NEW', ['S', 'M'], () => ({ price: 999,
  taxCategoryId: variants[0].taxCategory.id,
  stockLevels: [{ stockLocationId: '1', stockOnHand: 5 }] }));
touch('variant', ...made.variants);
touch('stock', ...made.variants);
await gql('mutation($v: ID!) { deleteProductVariant(id: $v) { result } }',
  { v: variants[6].id });
touch('gone_variant', variants[6].id);
await gql('mutation($p: ID!) { deleteProduct(id: $p) { result } }',
  { p: variants[15].product.id });
touch('gone_variant', ...variantsOf(variants[15].product.id));

// A new order; others sent, given back, cancelled, enlarged; a cart.
const bought = await draft([[variants[2].id, 3]], 'new');
await pay(bought);
touch('sale', bought);
touch('stock', variants[2].id);
const sent = take('PaymentSettled');
await fulfil(sent.lines.map(l => ({ orderLineId: l.id, quantity: l.quantity })),
  'Shipped', 'Delivered');
const returned = take('Delivered');
await cancel(returned.id, [{ orderLineId: returned.lines[0].id, quantity: 1 }]);
const ended = take('PaymentSettled');
await cancel(ended.id);
const larger = take('PaymentSettled');
const go = state => gql(`mutation($o: ID!, $s: String!) {
  transitionOrderToState(id: $o, state: $s) {
    ... on Order { id } ${ERROR} } }`, { o: larger.id, s: state });
await go('Modifying');
await gql(`mutation($i: ModifyOrderInput!) { modifyOrder(input: $i) {
  ... on Order { id } ${ERROR} } }`, { i: { dryRun: false, orderId: larger.id,
  adjustOrderLines: [{ orderLineId: larger.lines[0].id, quantity: 6 }] } });
await go('ArrangingAdditionalPayment');
await gql(`mutation($i: ManualPaymentInput!) { addManualPaymentToOrder(
  input: $i) { ... on Order { id } ${ERROR} } }`,
  { i: { orderId: larger.id, method: 'dummy', metadata: {} } });
await go('PaymentSettled');
for (const [order, lines] of [[sent, 2], [returned, 1], [ended, 2],
  [larger, 1]]) {
  touch('sale', order.id);
  touch('stock', ...order.lines.slice(0, lines).map(l => l.productVariant.id));
}
await draft([[variants[3].id, 1]], 'cart'); // no sale: nothing to tell

console.log([...touched].sort().join('\n'));
