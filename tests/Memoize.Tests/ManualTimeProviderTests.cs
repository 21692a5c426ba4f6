using Memoize.Testing;

namespace Memoize.Tests;

public sealed class ManualTimeProviderTests
{
    [Fact]
    public void Time_does_not_go_back_when_it_is_moved_while_it_moves()
    {
        var time = new ManualTimeProvider();
        var start = time.GetUtcNow();
        using var timer = time.CreateTimer(_ => time.Advance(TimeSpan.FromSeconds(10)), state: null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(TimeSpan.FromSeconds(11), time.GetUtcNow() - start);
    }
}
