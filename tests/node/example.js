const eventSource = new EventSource(
  '/api/mock/stream/stocks?continuous=true&interval=2000&sseMode=CompleteObjects'
);

eventSource.onmessage = (event) => {
  const data = JSON.parse(event.data);

  // Handle special event types
  if (data.type === 'info') {
    console.log(`Streaming started: ${data.mode}, interval: ${data.intervalMs}ms`);
    return;
  }

  if (data.type === 'end') {
    console.log(`Stream ended after ${data.eventCount} events`);
    eventSource.close();
    return;
  }

  if (data.type === 'error') {
    console.error(`Error at event ${data.eventCount}: ${data.message}`);
    return;
  }

  // Handle data events (CompleteObjects mode)
  if (data.data) {
    console.log(`Stock update #${data.index}:`, data.data);
    updateDashboard(data.data);
  }
};

eventSource.onerror = (error) => {
  console.error('Connection error:', error);
  eventSource.close();
};

// Stop after 60 seconds
setTimeout(() => eventSource.close(), 60000);
