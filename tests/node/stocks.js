// Connect to continuous stock feed
const stocks = ['AAPL', 'GOOGL', 'MSFT', 'AMZN'];
const connections = stocks.map(ticker => {
  const es = new EventSource(
    `/api/mock/stream/stocks/${ticker}?continuous=true&interval=1000&sseMode=CompleteObjects`
  );

  es.onmessage = (event) => {
    const data = JSON.parse(event.data);
    if (data.data) {
      updateStockWidget(ticker, data.data);
    }
  };

  return es;
});

// Cleanup after 5 minutes
setTimeout(() => connections.forEach(es => es.close()), 300000);
