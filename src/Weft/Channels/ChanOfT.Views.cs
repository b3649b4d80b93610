namespace Weft;

/// <content>Its two sides.</content>
public sealed partial class Chan<T> : IReceiveChan<T>, ISendChan<T>
{
    Chan<T> IReceiveChan<T>.Chan => this;

    Chan<T> ISendChan<T>.Chan => this;
}
