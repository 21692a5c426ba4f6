using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Memoize;

/// <summary>What a memoizer takes from its container where the user says nothing else: the clock and the log.</summary>
internal sealed class ContainerDefaults(IServiceProvider provider) : IConfigureOptions<MemoizerOptions>
{
    public void Configure(MemoizerOptions options)
    {
        options.TimeProvider = provider.GetService<TimeProvider>() ?? options.TimeProvider;
        options.LoggerFactory = provider.GetService<ILoggerFactory>() ?? options.LoggerFactory;
    }
}
