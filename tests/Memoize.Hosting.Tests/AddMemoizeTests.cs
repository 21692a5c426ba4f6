using Memoize.Testing;
using Memoize.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Memoize.Hosting.Tests;

public sealed class AddMemoizeTests
{
    [Fact]
    public async Task The_default_memoizer_is_the_hosts_from_its_start_on_even_if_nobody_resolves_it()
    {
        using var host = HostWith(services => services.AddMemoize(options => options.AutomaticPruning = false));
        Memoizer? seenByService = null;
        var before = Memoizer.Default;

        await host.StartAsync();
        seenByService = Memoizer.Default;

        Assert.NotSame(before, seenByService);
        Assert.False(seenByService.Options.AutomaticPruning);
        Assert.Same(host.Services.GetRequiredService<Memoizer>(), seenByService);
    }

    [Fact]
    public async Task Hosted_services_that_were_added_before_find_the_hosts_memoizer_when_they_start()
    {
        Memoizer? seen = null;
        using var host = HostWith(services =>
        {
            services.AddHostedService(_ => new OnStart(() => seen = Memoizer.Default));
            services.AddMemoize();
        });

        await host.StartAsync();

        Assert.Same(host.Services.GetRequiredService<Memoizer>(), seen);
    }

    [Fact]
    public async Task Without_a_host_the_default_is_set_when_the_memoizer_is_resolved_and_let_go_when_the_container_is()
    {
        var before = Memoizer.Default;
        await using (var provider = new ServiceCollection().AddMemoize().BuildServiceProvider())
        {
            Assert.Same(before, Memoizer.Default);

            var memoizer = provider.GetRequiredService<Memoizer>();
            Assert.Same(memoizer, Memoizer.Default);
            before = memoizer;
        }

        Assert.True(before.IsDisposed);
        Assert.NotSame(before, Memoizer.Default);
        Assert.False(Memoizer.Default.IsDisposed);
    }

    [Fact]
    public async Task A_memoizer_that_is_not_to_be_the_default_leaves_the_default_alone()
    {
        var before = Memoizer.Default;
        using (var host = HostWith(services => services.AddMemoize(options => options.IsDefault = false)))
        {
            await host.StartAsync();
            Assert.NotSame(before, host.Services.GetRequiredService<Memoizer>());
            Assert.Same(before, Memoizer.Default);
        }

        Assert.Same(before, Memoizer.Default);
    }

    [Fact]
    public async Task The_clock_and_the_log_are_the_containers()
    {
        var time = new ManualTimeProvider();
        var log = new RecordingLoggerFactory();
        await using var provider = new ServiceCollection()
            .AddMemoize()
            .AddSingleton<TimeProvider>(time)
            .AddSingleton<ILoggerFactory>(log)
            .BuildServiceProvider();

        var options = provider.GetRequiredService<Memoizer>().Options;

        Assert.Same(time, options.TimeProvider);
        Assert.Same(log, options.LoggerFactory);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_user_sets_wins_over_the_container_wherever_it_is_set(bool before)
    {
        var time = new ManualTimeProvider();
        var services = new ServiceCollection().AddSingleton<TimeProvider>(new ManualTimeProvider()).AddLogging();
        if (before) services.Configure<MemoizerOptions>(Set).AddMemoize();
        else services.AddMemoize(Set);
        await using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<Memoizer>().Options;

        Assert.Same(time, options.TimeProvider);
        Assert.Same(NullLoggerFactory.Instance, options.LoggerFactory);

        void Set(MemoizerOptions options)
        {
            options.TimeProvider = time;
            options.LoggerFactory = NullLoggerFactory.Instance;
        }
    }

    [Fact]
    public async Task Without_a_clock_and_a_log_in_the_container_the_usual_ones_are_used()
    {
        await using var provider = new ServiceCollection().AddMemoize().BuildServiceProvider();

        var options = provider.GetRequiredService<Memoizer>().Options;

        Assert.Same(TimeProvider.System, options.TimeProvider);
        Assert.Same(NullLoggerFactory.Instance, options.LoggerFactory);
    }

    [Fact]
    public async Task Options_can_be_set_with_services_of_the_container()
    {
        await using var provider = new ServiceCollection()
            .AddSingleton(new Settings(TimeSpan.FromMinutes(7)))
            .AddMemoize((provider, options) => options.DefaultDuration = provider.GetRequiredService<Settings>().Life)
            .BuildServiceProvider();

        Assert.Equal(TimeSpan.FromMinutes(7), provider.GetRequiredService<Memoizer>().Options.DefaultDuration);
    }

    [Fact]
    public async Task Adding_it_again_configures_the_same_memoizer_further()
    {
        var services = new ServiceCollection()
            .AddMemoize(options =>
            {
                options.DefaultDuration = TimeSpan.FromMinutes(1);
                options.ShutdownTimeout = TimeSpan.FromMinutes(1);
            })
            .AddMemoize((_, options) => options.ShutdownTimeout *= 2)
            .AddMemoize();
        await using var provider = services.BuildServiceProvider();

        var options = Assert.Single(provider.GetServices<Memoizer>()).Options;

        Assert.Equal(TimeSpan.FromMinutes(1), options.DefaultDuration);
        Assert.Equal(TimeSpan.FromMinutes(2), options.ShutdownTimeout);
        Assert.Single(provider.GetServices<IHostedService>());
    }

    [Fact]
    public async Task Options_that_cannot_work_keep_the_host_from_starting_and_are_named()
    {
        var before = Memoizer.Default;
        using var host = HostWith(services => services.AddMemoize(options => options.DefaultDuration = TimeSpan.Zero));

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => host.StartAsync());

        Assert.Contains("MemoizerOptions.DefaultDuration is 00:00:00; it must be positive", refused.Message, StringComparison.Ordinal);
        Assert.Same(before, Memoizer.Default);
    }

    [Fact]
    public async Task Replacing_a_default_that_is_in_use_is_logged()
    {
        var log = new RecordingLoggerFactory();
        await using var first = new ServiceCollection().AddMemoize(options => options.LoggerFactory = log).BuildServiceProvider();
        await using var second = new ServiceCollection().AddMemoize(options => options.LoggerFactory = log).BuildServiceProvider();
        ByHand.Method<int, int>(memoizer: first.GetRequiredService<Memoizer>()).Set(1, 1);

        second.GetRequiredService<Memoizer>();

        var record = Assert.Single(log.Records, record => record.EventId == 6);
        Assert.Contains("1 methods", record.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Null_arguments_are_refused()
    {
        Assert.Throws<ArgumentNullException>(() => MemoizeServiceCollectionExtensions.AddMemoize(null!));
        Assert.Throws<ArgumentNullException>(() => new ServiceCollection().AddMemoize((Action<IServiceProvider, MemoizerOptions>)null!));
    }

    private static IHost HostWith(Action<IServiceCollection> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        configure(builder.Services);
        return builder.Build();
    }

    private sealed record Settings(TimeSpan Life);

    private sealed class OnStart(Action act) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            act();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
