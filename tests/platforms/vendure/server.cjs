// A whole Vendure 3 shop server, its database in memory (sql.js).
// PORT=3000  LIMIT=1000 (rows of a list query at most)
'use strict';
const {
  bootstrap, dummyPaymentHandler, DefaultLogger, LogLevel,
} = require('@vendure/core');

const port = Number(process.env.PORT || 3000);

bootstrap({
  apiOptions: {
    hostname: '127.0.0.1', port, adminApiPath: 'admin-api',
    shopApiPath: 'shop-api',
    adminListQueryLimit: Number(process.env.LIMIT || 1000),
  },
  authOptions: {
    tokenMethod: ['bearer', 'api-key'], requireVerification: false,
    superadminCredentials: {
      identifier: 'superadmin', password: 'superadmin',
    },
  },
  // Without autoSave nothing is written: every start is an empty shop.
  dbConnectionOptions: {
    type: 'sqljs', autoSave: false, synchronize: true, logging: false,
  },
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
  logger: new DefaultLogger({ level: LogLevel.Warn }),
  plugins: [],
}).catch(e => {
  console.error(e);
  process.exit(1);
});
