using Memoize;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Memoize to a container.</summary>
public static class MemoizeServiceCollectionExtensions
{
    /// <summary>
    /// Adds a <see cref="Memoizer"/> that the container owns: a singleton, and the <see cref="Memoizer.Default"/> of the
    /// process unless <see cref="MemoizerOptions.IsDefault"/> is false.
    /// </summary>
    /// <param name="services">The container's services.</param>
    /// <param name="configure">
    /// Sets the options. <see cref="MemoizerOptions.TimeProvider"/> and <see cref="MemoizerOptions.LoggerFactory"/> are the
    /// container's if it has them, unless they are set here.
    /// </param>
    /// <remarks>
    /// The memoizer is made when the host starts, before any hosted service does, and without a host when it is first
    /// resolved. Options that cannot work then throw <see cref="ArgumentException"/>, whose message names the option. When the
    /// host has stopped, or the container is disposed asynchronously, running computations have
    /// <see cref="MemoizerOptions.ShutdownTimeout"/> to end.
    /// <para>
    /// Calling this again adds to the configuration of the same memoizer, in the order of the calls; so does
    /// <c>services.Configure&lt;MemoizerOptions&gt;(…)</c>.
    /// </para>
    /// </remarks>
    public static IServiceCollection AddMemoize(this IServiceCollection services, Action<MemoizerOptions>? configure = null)
    {
        AddMemoizer(services);
        if (configure is not null) services.AddOptions<MemoizerOptions>().Configure(configure);
        return services;
    }

    /// <inheritdoc cref="AddMemoize(IServiceCollection, Action{MemoizerOptions}?)"/>
    /// <param name="services">The container's services.</param>
    /// <param name="configure">
    /// Sets the options, with services of the container. <see cref="MemoizerOptions.TimeProvider"/> and
    /// <see cref="MemoizerOptions.LoggerFactory"/> are the container's if it has them, unless they are set here.
    /// </param>
    public static IServiceCollection AddMemoize(this IServiceCollection services, Action<IServiceProvider, MemoizerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        AddMemoizer(services);
        services.AddOptions<MemoizerOptions>().Configure<IServiceProvider>((options, provider) => configure(provider, options));
        return services;
    }

    private static void AddMemoizer(IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.Any(static service => service.ImplementationType == typeof(MemoizerLifetime))) return;

        // First of all, so that whatever users configure, wherever they do it, wins over it.
        services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<MemoizerOptions>, ContainerDefaults>());
        services.AddOptions();
        services.TryAddSingleton(static provider => MemoizerLifetime.Start(provider.GetRequiredService<IOptions<MemoizerOptions>>().Value));

        // First of the hosted services: it starts before those that call cached methods, and stops after them.
        services.Insert(0, ServiceDescriptor.Singleton<IHostedService, MemoizerLifetime>());
    }
}
